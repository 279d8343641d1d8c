// Asks Jayway JsonPath with its JsonNode provider, for comparing answers: one
// {"path":…,"document":…} a line in, {"definite":…,"result":…} or {"error":…} a line out.
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.jayway.jsonpath.Configuration;
import com.jayway.jsonpath.JsonPath;
import com.jayway.jsonpath.spi.json.JacksonJsonNodeJsonProvider;
import com.jayway.jsonpath.spi.mapper.JacksonMappingProvider;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.io.PrintStream;

public class Jayway {
  public static void main(String[] args) throws Exception {
    ObjectMapper mapper = new ObjectMapper();
    Configuration configuration = Configuration.builder()
        .jsonProvider(new JacksonJsonNodeJsonProvider())
        .mappingProvider(new JacksonMappingProvider())
        .build();
    BufferedReader in = new BufferedReader(new InputStreamReader(System.in, "UTF-8"));
    PrintStream out = new PrintStream(System.out, true, "UTF-8");
    for (String line; (line = in.readLine()) != null; ) {
      ObjectNode answer = mapper.createObjectNode();
      String text;
      try {
        JsonNode question = mapper.readTree(line);
        JsonPath path = JsonPath.compile(question.get("path").asText());
        Object result = JsonPath.using(configuration).parse((Object) question.get("document")).read(path);
        answer.put("definite", path.isDefinite());
        answer.set("result", result instanceof JsonNode ? (JsonNode) result : mapper.valueToTree(result));
        text = mapper.writeValueAsString(answer); // fails for an array that append() put into itself
      } catch (Throwable e) {
        answer.removeAll();
        answer.put("error", e.getClass().getSimpleName());
        text = mapper.writeValueAsString(answer);
      }
      out.println(text);
    }
  }
}
