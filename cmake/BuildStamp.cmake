# Fills in TEMPLATE with VERSION, COMMIT and DATE, as OUTPUT, which stays as it is
# when it says all that already. COMMIT is asked of git if it is empty, and so is
# the date without SOURCE_DATE_EPOCH. SOURCE is the top of the tree.

# Runs git on the sources; `unknown` if it has no answer.
function(ask_git result)
  set(${result}
      "unknown"
      PARENT_SCOPE)
  # A tree without git may lie in another one, of which nobody wants to hear.
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
