# Writes OUTPUT from TEMPLATE with VERSION, COMMIT and DATE, and leaves it untouched
# if nothing has changed. An empty COMMIT comes from git, and so does the date
# without SOURCE_DATE_EPOCH. SOURCE is the top of the tree.

# Sets `result` to the output of git for the sources, or `unknown` on failure.
function(ask_git result)
  set(${result}
      "unknown"
      PARENT_SCOPE)
  # Without its own .git, git could find a repository around the tree.
  if(EXISTS "${SOURCE}/.git")
    execute_process(
      COMMAND git --no-optional-locks ${ARGN}
      WORKING_DIRECTORY "${SOURCE}"
      OUTPUT_VARIABLE said
      OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET
      RESULT_VARIABLE code)
    if(code EQUAL 0)
      set(${result}
          "${said}"
          PARENT_SCOPE)
    endif()
  endif()
endfunction()

if(COMMIT STREQUAL "")
  ask_git(COMMIT describe --always --dirty --abbrev=12 --exclude=*)
endif()
set(seconds "$ENV{SOURCE_DATE_EPOCH}")
if(seconds STREQUAL "")
  ask_git(seconds log -1 --format=%ct)
endif()
set(DATE "unknown")
if(seconds MATCHES "^[0-9]+$")
  set(ENV{SOURCE_DATE_EPOCH} "${seconds}")
  string(TIMESTAMP DATE "%Y-%m-%dT%H:%M:%SZ" UTC)
endif()
configure_file("${TEMPLATE}" "${OUTPUT}" @ONLY)
