// The first process of a process namespace: it sleeps, collects orphans that
// have ended, and ends when told to. The same program is the pod sandbox's
// container and the first process of a whole node.
#include <signal.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

static void end(int signal) {
  (void)signal;
  _exit(0);
}

static void collect(int signal) {
  (void)signal;
  while (waitpid(-1, NULL, WNOHANG) > 0)
    ;
}

int main(void) {
  const struct sigaction on_end = {.sa_handler = end};
  const struct sigaction on_child = {.sa_handler = collect,
                                     .sa_flags = SA_NOCLDSTOP};
  if (sigaction(SIGINT, &on_end, NULL) || sigaction(SIGTERM, &on_end, NULL)
      || sigaction(SIGCHLD, &on_child, NULL))
    return EXIT_FAILURE;
  collect(0); // Those that ended before the handler was there.
  for (;;)
    pause();
}
