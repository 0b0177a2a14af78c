// The first process of a process namespace. It sleeps, reaps orphans, and ends on
// SIGINT and SIGTERM. It is the container of a pod sandbox and the first process
// of a node.
#include <signal.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

static void end(int signal) {
  (void)signal;
  _exit(0);
}

static void reap(int signal) {
  (void)signal;
  while (waitpid(-1, NULL, WNOHANG) > 0)
    ;
}

int main(void) {
  const struct sigaction on_end = {.sa_handler = end};
  const struct sigaction on_child = {.sa_handler = reap,
                                     .sa_flags = SA_NOCLDSTOP};
  if (sigaction(SIGINT, &on_end, NULL) || sigaction(SIGTERM, &on_end, NULL)
      || sigaction(SIGCHLD, &on_child, NULL))
    return EXIT_FAILURE;
  reap(0); // Children that ended before the handler was installed.
  for (;;)
    pause();
}
