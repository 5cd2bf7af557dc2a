# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
# Programs that are built: a few scripts, since each takes its time to build. By hand: conformance.py --build, of all.
foreach(claim says_what_it_cannot_build program_stands_alone program_fails_as_a_script_does
        program_has_room_for_deep_calls building_again_gives_the_same_bytes)
  add_test(NAME lox_build_${claim}
           COMMAND ${Python3_EXECUTABLE} ${CMAKE_CURRENT_LIST_DIR}/build_test.py $<TARGET_FILE:inlay_lox> ${claim})
  set_tests_properties(lox_build_${claim} PROPERTIES TIMEOUT 180)
endforeach()
add_test(NAME lox_programs_built
         COMMAND ${Python3_EXECUTABLE} ${CMAKE_CURRENT_LIST_DIR}/conformance.py --build $<TARGET_FILE:inlay_lox>
         --timeout 180
         --filter "errors/trace|hot/polymorphic|memory/c|functions/de")
set_tests_properties(lox_programs_built PROPERTIES TIMEOUT 600)
