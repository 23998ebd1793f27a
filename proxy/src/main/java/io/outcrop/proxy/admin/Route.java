package io.outcrop.proxy.admin;

import io.netty.handler.codec.http.HttpMethod;

/**
 * What answers requests of one method to paths of one form. Immutable.
 *
 * <p>HEAD is answered as GET.
 */
public final class Route {

  private final HttpMethod method;
  private final PathTemplate template;
  private final AdminHandler handler;

  private Route(HttpMethod method, String template, AdminHandler handler) {
    this.method = method;
    this.template = PathTemplate.parse(template);
    this.handler = handler;
  }

  /**
   * Something to read.
   *
   * @param template words and variables, such as {@code /admin/v1/jobs/{id}}; the last variable may
   *     be written {@code {name...}} and then takes slashes too
   */
  public static Route get(String template, AdminHandler handler) {
    return new Route(HttpMethod.GET, template, handler);
  }

  /** Something to put in its place; as {@link #get}. */
  public static Route put(String template, AdminHandler handler) {
    return new Route(HttpMethod.PUT, template, handler);
  }

  /** Something to do; as {@link #get}. Takes requests of type JSON only, with a body or not. */
  public static Route post(String template, AdminHandler handler) {
    return new Route(HttpMethod.POST, template, handler);
  }

  /** Something to remove; as {@link #get}. */
  public static Route delete(String template, AdminHandler handler) {
    return new Route(HttpMethod.DELETE, template, handler);
  }

  HttpMethod method() {
    return method;
  }

  PathTemplate template() {
    return template;
  }

  AdminHandler handler() {
    return handler;
  }

  @Override
  public String toString() {
    return method + " " + template;
  }
}
