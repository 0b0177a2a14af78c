// A stand-in for the Locust metrics exporter, for tests only: a test machine has
// no registry that provides the real image. It listens on the same port and
// returns an empty page for every request. So the sidecar starts, is probed,
// scraped and stopped like the real one. It reads no metrics from Locust.
//
// LOCUST_EXPORTER_WEB_LISTEN_ADDRESS=":9646" names the port.
#include <arpa/inet.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

static const char answer[] = "HTTP/1.1 200 OK\r\n"
                             "Content-Type: text/plain; version=0.0.4\r\n"
                             "Content-Length: 0\r\n"
                             "Connection: close\r\n\r\n";

static void end(int signal) {
  (void)signal;
  _exit(0);
}

static int port_from_environment(void) {
  const char* address = getenv("LOCUST_EXPORTER_WEB_LISTEN_ADDRESS");
  const char* colon = address ? strrchr(address, ':') : NULL;
  return colon ? atoi(colon + 1) : 9646;
}

// Reads until the request header is complete, the client stops sending, or the
// timeout ends. Only tests use this program.
static void read_head(int client) {
  char head[4096];
  size_t used = 0;
  while (used < sizeof head - 1) {
    const ssize_t count = read(client, head + used, sizeof head - 1 - used);
    if (count <= 0)
      return;
    used += (size_t)count;
    head[used] = '\0';
    if (strstr(head, "\r\n\r\n"))
      return;
  }
}

int main(void) {
  signal(SIGTERM, end);
  signal(SIGINT, end);
  signal(SIGPIPE, SIG_IGN);
  const int port = port_from_environment();
  const int server = socket(AF_INET, SOCK_STREAM, 0);
  const int yes = 1;
  const struct sockaddr_in address = {.sin_family = AF_INET,
                                      .sin_port = htons((uint16_t)port),
                                      .sin_addr = {htonl(INADDR_ANY)}};
  setsockopt(server, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
  if (port <= 0 || port > 65535
      || bind(server, (const struct sockaddr*)&address, sizeof address)
      || listen(server, 16)) {
    perror("exporter stand-in: cannot listen");
    return EXIT_FAILURE;
  }
  for (;;) {
    const int client = accept(server, NULL, NULL);
    if (client < 0)
      continue;
    const struct timeval timeout = {.tv_sec = 2};
    setsockopt(client, SOL_SOCKET, SO_RCVTIMEO, &timeout, sizeof timeout);
    read_head(client);
    if (write(client, answer, sizeof answer - 1) < 0)
      perror("exporter stand-in: cannot answer");
    close(client);
  }
}
