# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
# run(command...): shows the command and what it printed, and ends the test if it failed.
function(run)
  string(JOIN " " words ${ARGV})
  message(STATUS "${words}")
  execute_process(COMMAND ${ARGV} RESULT_VARIABLE code OUTPUT_VARIABLE printed ERROR_VARIABLE printed)
  if(printed)
    message("${printed}")
  endif()
  if(NOT code EQUAL 0)
    message(FATAL_ERROR "failed with ${code}: ${words}")
  endif()
  set(printed "${printed}" PARENT_SCOPE)
endfunction()
