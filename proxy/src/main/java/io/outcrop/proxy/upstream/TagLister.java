package io.outcrop.proxy.upstream;

import io.outcrop.oci.InvalidNameException;
import io.outcrop.oci.RepositoryName;
import io.outcrop.oci.Tag;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Lists the tags of a repository. */
final class TagLister {

  private static final JsonMapper MAPPER = JsonMapper.builder().build();
  private static final int MAX_BYTES = 16 << 20;

  private TagLister() {}

  static TagPage list(
      EndpointClient client, RepositoryName repository, OptionalInt n, Optional<String> last)
      throws UpstreamException {
    List<String> query = new ArrayList<>();
    n.ifPresent(count -> query.add("n=" + count));
    last.ifPresent(tag -> query.add("last=" + URLEncoder.encode(tag, StandardCharsets.UTF_8)));
    String path = repository + "/tags/list" + (query.isEmpty() ? "" : "?");
    Call call = Call.get(Kind.TAGS, repository, path + String.join("&", query));
    return client.call(call.accepting("application/json"), (answer, _) -> read(answer, client));
  }

  private static TagPage read(Answer answer, EndpointClient client)
      throws UpstreamException, IOException {
    String who = client.endpoint().address().label();
    byte[] bytes =
        answer
            .readAll(MAX_BYTES)
            .orElseThrow(() ->
                new UpstreamException.Invalid(
                    who + " sent a list of tags of more than " + MAX_BYTES + " bytes"));
    List<Tag> tags = new ArrayList<>();
    try {
      JsonNode root = MAPPER.readTree(bytes);
      if (!root.isObject()) {
        throw new UpstreamException.Invalid(who + " sent no list of tags");
      }
      // A repository without tags has null in some registries, which iterates as nothing.
      for (JsonNode tag : root.path("tags")) {
        tags.add(new Tag(tag.isString() ? tag.asString() : ""));
      }
    } catch (JacksonException | InvalidNameException e) {
      throw new UpstreamException.Invalid(who + " sent no list of tags: " + reason(e), e);
    }
    boolean more = Link.next(answer.headers().allValues("Link")).isPresent();
    return new TagPage(tags, more, answer.anonymous());
  }

  private static String reason(RuntimeException e) {
    return e instanceof JacksonException json
        ? json.getOriginalMessage()
        : String.valueOf(e.getMessage());
  }
}
