package io.outcrop.proxy.admin;

import io.netty.handler.codec.http.HttpResponseStatus;
import io.outcrop.proxy.http.Response;
import io.outcrop.proxy.jobs.Job;
import io.outcrop.proxy.jobs.Jobs;
import java.util.List;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** The jobs of an edge. Thread-safe. */
public final class JobRoutes {

  private final Jobs jobs;

  /** Tells of these jobs. */
  public JobRoutes(Jobs jobs) {
    this.jobs = jobs;
  }

  /** The routes. */
  public List<Route> routes() {
    return List.of(
        Route.get("/admin/v1/jobs", request -> list()),
        Route.get("/admin/v1/jobs/{id}", request -> Answers.json(JsonViews.job(find(request)))),
        Route.delete("/admin/v1/jobs/{id}", this::cancel));
  }

  /** 202, with a job and where to ask for it. */
  static Response accepted(Job job) {
    return withLocation(Answers.json(HttpResponseStatus.ACCEPTED, JsonViews.job(job)), job);
  }

  /** Says in an answer where to ask for a job. */
  static Response withLocation(Response response, Job job) {
    response.headers().set("location", "/admin/v1/jobs/" + job.id());
    return response;
  }

  private Response list() {
    ObjectNode node = JsonViews.object();
    ArrayNode list = node.putArray("jobs");
    jobs.all().forEach(job -> list.add(JsonViews.job(job)));
    return Answers.json(node);
  }

  private Response cancel(AdminRequest request) {
    Job job = find(request);
    job.cancel();
    return Answers.json(JsonViews.job(job));
  }

  private Job find(AdminRequest request) {
    String id = request.variable("id");
    return jobs.find(id)
        .orElseThrow(() ->
            new ProblemException(HttpResponseStatus.NOT_FOUND, "job " + id + ": there is none"));
  }
}
