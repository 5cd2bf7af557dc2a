# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
# The library of an app as find_package(inlay-APP) finds it, beside the package inlay.
include(CMakePackageConfigHelpers)

# inlay_app_package(APP): installs the targets inlay_APP and inlay_APP_runtime as inlay::APP and inlay::APP_runtime, with
# the headers of include/ and the package made from inlay-APP-config.cmake.in, as the component inlay_APP. OPTIONAL: who
# has not built it installs the rest. Called in the app's folder.
function(inlay_app_package app)
  set(package_dir ${CMAKE_INSTALL_LIBDIR}/cmake/inlay-${app})
  set_target_properties(inlay_${app} PROPERTIES EXPORT_NAME ${app})
  set_target_properties(inlay_${app}_runtime PROPERTIES EXPORT_NAME ${app}_runtime)
  install(TARGETS inlay_${app} inlay_${app}_runtime
          EXPORT inlay-${app}-targets
          ARCHIVE COMPONENT inlay_${app} OPTIONAL
          INCLUDES DESTINATION ${CMAKE_INSTALL_INCLUDEDIR})
  install(DIRECTORY ${CMAKE_CURRENT_SOURCE_DIR}/include/inlay
          DESTINATION ${CMAKE_INSTALL_INCLUDEDIR} COMPONENT inlay_${app} FILES_MATCHING PATTERN "*.h")
  install(EXPORT inlay-${app}-targets NAMESPACE inlay:: DESTINATION ${package_dir} COMPONENT inlay_${app})
  configure_package_config_file(${CMAKE_CURRENT_SOURCE_DIR}/inlay-${app}-config.cmake.in
                                ${CMAKE_CURRENT_BINARY_DIR}/package/inlay-${app}-config.cmake
                                INSTALL_DESTINATION ${package_dir} NO_SET_AND_CHECK_MACRO)
  write_basic_package_version_file(${CMAKE_CURRENT_BINARY_DIR}/package/inlay-${app}-config-version.cmake
                                   COMPATIBILITY SameMinorVersion)
  install(FILES ${CMAKE_CURRENT_BINARY_DIR}/package/inlay-${app}-config.cmake
                ${CMAKE_CURRENT_BINARY_DIR}/package/inlay-${app}-config-version.cmake
          DESTINATION ${package_dir} COMPONENT inlay_${app})
endfunction()

# inlay_app_guide_test(APP PAGE): builds the project on that page of the guide with the package that tests/package has
# installed and moved, and runs it.
function(inlay_app_guide_test app page)
  find_package(Python3 REQUIRED COMPONENTS Interpreter)
  add_test(NAME ${app}_package
           COMMAND ${Python3_EXECUTABLE} ${PROJECT_SOURCE_DIR}/apps/common/guide_project.py
                   ${PROJECT_SOURCE_DIR}/docs/guide/${page} --prefix ${PROJECT_BINARY_DIR}/tests/package/moved
                   --work ${CMAKE_CURRENT_BINARY_DIR}/package_test --compiler ${CMAKE_CXX_COMPILER})
  set_tests_properties(${app}_package PROPERTIES FIXTURES_REQUIRED inlay_package TIMEOUT 300)
endfunction()
