# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
# `inlay-lox explain`, also in a browser; and what debuggers and profilers see of compiled Lox.
foreach(case text output errors page wide narrow link large)
  add_test(NAME lox_explain_${case}
           COMMAND ${Python3_EXECUTABLE} ${CMAKE_CURRENT_LIST_DIR}/explain_test.py ${case} $<TARGET_FILE:inlay_lox>)
  set_tests_properties(lox_explain_${case} PROPERTIES TIMEOUT 300 SKIP_RETURN_CODE 77)
endforeach()
if(NOT INLAY_SANITIZE)
  foreach(case backtrace hosts break_in_lox break_at_line map dump)
    add_test(NAME lox_debuggers_${case}
             COMMAND ${Python3_EXECUTABLE} ${CMAKE_CURRENT_LIST_DIR}/debuggers_test.py ${case} $<TARGET_FILE:inlay_lox>)
    set_tests_properties(lox_debuggers_${case} PROPERTIES TIMEOUT 180 SKIP_RETURN_CODE 77)
  endforeach()
endif()
