# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
# The library as find_package(inlay-filter) finds it, beside the package inlay. OPTIONAL: who has not built it installs the
# rest.
include(CMakePackageConfigHelpers)

set(package_dir ${CMAKE_INSTALL_LIBDIR}/cmake/inlay-filter)
set_target_properties(inlay_filter PROPERTIES EXPORT_NAME filter)
set_target_properties(inlay_filter_runtime PROPERTIES EXPORT_NAME filter_runtime)
install(TARGETS inlay_filter inlay_filter_runtime
        EXPORT inlay-filter-targets
        ARCHIVE COMPONENT inlay_filter OPTIONAL
        INCLUDES DESTINATION ${CMAKE_INSTALL_INCLUDEDIR})
install(DIRECTORY ${CMAKE_CURRENT_LIST_DIR}/../include/inlay
        DESTINATION ${CMAKE_INSTALL_INCLUDEDIR} COMPONENT inlay_filter FILES_MATCHING PATTERN "*.h")
install(EXPORT inlay-filter-targets NAMESPACE inlay:: DESTINATION ${package_dir} COMPONENT inlay_filter)
configure_package_config_file(${CMAKE_CURRENT_LIST_DIR}/inlay-filter-config.cmake.in
                              ${CMAKE_CURRENT_BINARY_DIR}/package/inlay-filter-config.cmake
                              INSTALL_DESTINATION ${package_dir} NO_SET_AND_CHECK_MACRO)
write_basic_package_version_file(${CMAKE_CURRENT_BINARY_DIR}/package/inlay-filter-config-version.cmake
                                 COMPATIBILITY SameMinorVersion)
install(FILES ${CMAKE_CURRENT_BINARY_DIR}/package/inlay-filter-config.cmake
              ${CMAKE_CURRENT_BINARY_DIR}/package/inlay-filter-config-version.cmake
        DESTINATION ${package_dir} COMPONENT inlay_filter)
