import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.net.URI;
import java.net.URLDecoder;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Stand-in of a record label's delivery program, twin of teleport.mjs: same arguments, output and exit codes.
 * Java 17 alone, no libraries. See README.md for the protocol.
 */
public final class Teleport {
  private static final int USAGE = 2;
  private static final int UNAVAILABLE = 3;
  private static final int CHECKSUM = 4;
  private static final int INCOMPLETE = 5;
  private static final int UNKNOWN_ORDER = 6;
  private static final int REFUSED = 7;
  private static final int TRIES = 4;
  private static final long WAIT_MS = 300;
  private static final long PROGRESS_MS = 1000;

  private static final PrintStream OUT = new PrintStream(System.out, true, StandardCharsets.UTF_8);
  private static final PrintStream ERR = new PrintStream(System.err, true, StandardCharsets.UTF_8);

  private final HttpClient http =
      HttpClient.newBuilder()
          .version(HttpClient.Version.HTTP_1_1)
          .connectTimeout(Duration.ofSeconds(10))
          .build();

  private record Entry(String sha256, String md5, long size, String path) {}

  private static final class Ending extends RuntimeException {
    private static final long serialVersionUID = 1L;
    final int code;

    Ending(int code, String message) {
      super(message);
      this.code = code;
    }
  }

  public static void main(String[] args) {
    try {
      new Teleport().run(args);
    } catch (Ending ending) {
      ERR.println("teleport: " + ending.getMessage());
      System.exit(ending.code);
    } catch (Exception error) {
      ERR.println("teleport: " + error);
      System.exit(1);
    }
  }

  private void run(String[] args) throws Exception {
    String command = args.length == 0 ? "" : args[0];
    if (command.equals("list")) {
      list(options(args, Set.of("--since"), Set.of()));
    } else if (command.equals("fetch")) {
      fetchOrder(options(args, Set.of("--order", "--into"), Set.of("--no-verify")));
    } else {
      throw new Ending(
          USAGE,
          "usage: teleport fetch --order ID --into DIR [--no-verify] | teleport list [--since DAY]");
    }
  }

  private static Map<String, String> options(
      String[] args, Set<String> withValue, Set<String> flags) {
    Map<String, String> found = new HashMap<>();
    for (int at = 1; at < args.length; at += 1) {
      String name = args[at];
      if (flags.contains(name)) {
        found.put(name, "");
      } else if (withValue.contains(name) && at + 1 < args.length) {
        at += 1;
        found.put(name, args[at]);
      } else {
        throw new Ending(USAGE, "unknown option or missing value: " + name);
      }
    }
    return found;
  }

  private void list(Map<String, String> given) throws Exception {
    String since = given.get("--since");
    String text = getText("/v1/orders" + (since == null ? "" : "?since=" + encode(since)));
    for (String line : lines(text)) {
      OUT.println(decode(line));
    }
  }

  private void fetchOrder(Map<String, String> given) throws Exception {
    String order = given.getOrDefault("--order", "");
    String into = given.getOrDefault("--into", "");
    if (order.isEmpty() || into.isEmpty()) {
      throw new Ending(USAGE, "fetch needs --order and --into");
    }
    String base = "/v1/orders/" + encode(order);
    List<Entry> files = new ArrayList<>();
    long bytes = 0;
    for (String line : lines(getText(base))) {
      Entry entry = parseEntry(line);
      files.add(entry);
      bytes += entry.size();
    }
    OUT.println("order has " + files.size() + " files, " + bytes + " bytes");
    Path directory = Path.of(into);
    Files.createDirectories(directory);
    int number = 0;
    for (Entry file : files) {
      number += 1;
      fetchFile(
          base, directory, file, number + "/" + files.size(), given.containsKey("--no-verify"));
    }
    writeSums(directory, files);
    OUT.println("order is complete");
  }

  private static Entry parseEntry(String line) {
    String[] fields = line.split(" ", -1);
    String path = decode(fields.length > 3 ? fields[3] : "");
    for (String segment : path.split("/", -1)) {
      if (segment.isEmpty() || segment.equals(".") || segment.equals("..")) {
        throw new Ending(
            1, "the server lists a path that leads out of the order: " + quoted(path));
      }
    }
    return new Entry(fields[0], fields[1], Long.parseLong(fields[2]), path);
  }

  private void fetchFile(String base, Path into, Entry file, String position, boolean trusting)
      throws Exception {
    Path target = into.resolve(file.path());
    Path partial = into.resolve(file.path() + ".part");
    String shown = "file " + position + " " + quoted(file.path());
    Files.createDirectories(target.getParent());
    if (sizeOf(target) == file.size() && (trusting || sha256Of(target).equals(file.sha256()))) {
      OUT.println(shown + " is there already");
      return;
    }
    for (int tries = 1; ; tries += 1) {
      download(base, partial, file, shown);
      if (trusting || sha256Of(partial).equals(file.sha256())) {
        break;
      }
      Files.delete(partial);
      if (tries == 2) {
        throw new Ending(CHECKSUM, "wrong checksum twice: " + quoted(file.path()));
      }
      OUT.println(shown + " has a wrong checksum, once more");
    }
    Files.move(partial, target, StandardCopyOption.ATOMIC_MOVE);
    OUT.println(shown + " is complete, " + file.size() + " bytes");
  }

  private void download(String base, Path partial, Entry file, String shown) throws Exception {
    if (file.size() == 0) {
      Files.write(partial, new byte[0]);
    }
    for (int tries = 1; ; tries += 1) {
      long have = Math.max(0, sizeOf(partial));
      if (have == file.size() && sizeOf(partial) != -1) {
        return;
      }
      if (have > file.size()) {
        Files.delete(partial);
        continue;
      }
      if (tries > TRIES) {
        throw new Ending(
            INCOMPLETE,
            quoted(file.path())
                + " broke off " + TRIES + " times at " + have + " of " + file.size() + " bytes");
      }
      if (have > 0) {
        OUT.println(shown + " goes on at " + have + " of " + file.size() + " bytes");
      }
      StringBuilder path = new StringBuilder(base).append("/files");
      for (String segment : file.path().split("/", -1)) {
        path.append('/').append(encode(segment));
      }
      HttpResponse<InputStream> response =
          request(path.toString(), have > 0 ? "bytes=" + have + "-" : null);
      long done = receive(response, partial, file, response.statusCode() == 206 ? have : 0, shown);
      if (done < file.size()) {
        Thread.sleep(WAIT_MS);
      }
    }
  }

  private static long receive(
      HttpResponse<InputStream> response, Path partial, Entry file, long from, String shown)
      throws IOException {
    long done = from;
    long told = System.currentTimeMillis();
    byte[] buffer = new byte[256 * 1024];
    StandardOpenOption mode =
        from == 0 ? StandardOpenOption.TRUNCATE_EXISTING : StandardOpenOption.APPEND;
    try (InputStream body = response.body();
        OutputStream sink =
            Files.newOutputStream(
                partial, StandardOpenOption.CREATE, StandardOpenOption.WRITE, mode)) {
      for (int count = read(body, buffer); count != -1; count = read(body, buffer)) {
        sink.write(buffer, 0, count);
        done += count;
        if (System.currentTimeMillis() - told >= PROGRESS_MS) {
          told = System.currentTimeMillis();
          OUT.println(shown + " " + done + " of " + file.size() + " bytes");
        }
      }
    }
    return done;
  }

  /** A connection that breaks off ends the body; what was received so far stays. */
  private static int read(InputStream body, byte[] buffer) {
    try {
      return body.read(buffer);
    } catch (IOException broken) {
      return -1;
    }
  }

  private static void writeSums(Path into, List<Entry> files) throws IOException {
    StringBuilder sha256 = new StringBuilder();
    StringBuilder md5 = new StringBuilder();
    for (Entry file : files) {
      if (file.path().equals("SHA256SUMS") || file.path().equals("delivery.md5")) {
        continue;
      }
      sha256.append(sumLine(file.sha256(), file.path()));
      md5.append(sumLine(file.md5(), file.path()));
    }
    Files.writeString(into.resolve("SHA256SUMS"), sha256);
    Files.writeString(into.resolve("delivery.md5"), md5);
  }

  private static String sumLine(String sum, String path) {
    String escaped = path.replace("\\", "\\\\").replace("\n", "\\n").replace("\r", "\\r");
    return (escaped.equals(path) ? "" : "\\") + sum + "  " + escaped + "\n";
  }

  private String getText(String path) throws Exception {
    try (InputStream body = request(path, null).body()) {
      return new String(body.readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  private HttpResponse<InputStream> request(String path, String range) throws Exception {
    String url = System.getenv("TELEPORT_URL");
    String token = System.getenv("TELEPORT_TOKEN");
    if (url == null || url.isEmpty() || token == null || token.isEmpty()) {
      throw new Ending(USAGE, "TELEPORT_URL and TELEPORT_TOKEN must be set");
    }
    for (int tries = 1; ; tries += 1) {
      String reason;
      try {
        HttpRequest.Builder request =
            HttpRequest.newBuilder(URI.create(url + path))
                .header("authorization", "Bearer " + token);
        if (range != null) {
          request.header("range", range);
        }
        HttpResponse<InputStream> response =
            http.send(request.build(), HttpResponse.BodyHandlers.ofInputStream());
        int status = response.statusCode();
        if (status == 200 || status == 206) {
          return response;
        }
        response.body().close();
        reason = judge(status);
      } catch (IOException unreachable) {
        reason = String.valueOf(unreachable.getMessage());
      }
      if (tries == TRIES) {
        throw new Ending(UNAVAILABLE, "server is unavailable: " + reason);
      }
      Thread.sleep(WAIT_MS);
    }
  }

  private static String judge(int status) {
    if (status == 404) {
      throw new Ending(UNKNOWN_ORDER, "server does not know the order");
    }
    if (status == 401 || status == 403) {
      throw new Ending(REFUSED, "server refuses the token");
    }
    if (status >= 500 || status == 429) {
      return "HTTP " + status;
    }
    throw new Ending(1, "unexpected answer: HTTP " + status);
  }

  private static List<String> lines(String text) {
    return text.lines().filter(line -> !line.isEmpty()).toList();
  }

  private static String encode(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
  }

  private static String decode(String text) {
    return URLDecoder.decode(text.replace("+", "%2B"), StandardCharsets.UTF_8);
  }

  private static String quoted(String text) {
    return '"' + text.replace("\\", "\\\\").replace("\"", "\\\"") + '"';
  }

  private static long sizeOf(Path path) throws IOException {
    return Files.exists(path) ? Files.size(path) : -1;
  }

  private static String sha256Of(Path path) throws Exception {
    MessageDigest digest = MessageDigest.getInstance("SHA-256");
    byte[] buffer = new byte[256 * 1024];
    try (InputStream in = Files.newInputStream(path)) {
      for (int count = in.read(buffer); count != -1; count = in.read(buffer)) {
        digest.update(buffer, 0, count);
      }
    }
    return HexFormat.of().formatHex(digest.digest());
  }
}
