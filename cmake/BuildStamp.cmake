# Writes OUTPUT from TEMPLATE with VERSION, COMMIT and DATE, unless it is up to date.
# If COMMIT is empty, it comes from git; so does the date without SOURCE_DATE_EPOCH.
# SOURCE is the root of the tree.

# Runs git in the source tree; the result is `unknown` if git fails.
function(ask_git result)
  set(${result}
      "unknown"
      PARENT_SCOPE)
  # A tree without git may be inside another repository, which must not be used.
  if(EXISTS "${SOURCE}/.git")
    execute_process(
      COMMAND git --no-optional-locks ${ARGN}
      WORKING_DIRECTORY "${SOURCE}"
      OUTPUT_VARIABLE output
      OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET
      RESULT_VARIABLE code)
    if(code EQUAL 0)
      set(${result}
          "${output}"
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
