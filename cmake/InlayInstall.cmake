# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
# What `cmake --install` puts where, and the package that find_package(inlay) finds there. Users need neither LLVM's
# headers nor its libraries to build: libinlay.so alone is linked with LLVM.
include(CMakePackageConfigHelpers)

set(package_dir ${CMAKE_INSTALL_LIBDIR}/cmake/inlay)
set_target_properties(inlay_command PROPERTIES EXPORT_NAME command)
# What `inlay` becomes for most of what it does.
set(tooldir ${CMAKE_INSTALL_LIBEXECDIR}/inlay)
file(RELATIVE_PATH libdir_from_tooldir /${tooldir} /${CMAKE_INSTALL_LIBDIR})
set_target_properties(inlay_tool PROPERTIES INSTALL_RPATH "$ORIGIN/${libdir_from_tooldir}")
install(TARGETS inlay_tool RUNTIME DESTINATION ${tooldir} COMPONENT inlay)
# Our own warnings and sanitizers are no business of a user's: a static library would hand them on.
set_target_properties(inlay_recorder PROPERTIES INTERFACE_LINK_LIBRARIES inlay)

install(TARGETS inlay inlay_recorder inlay_annotate inlay_command
        EXPORT inlay-targets
        RUNTIME COMPONENT inlay
        LIBRARY COMPONENT inlay
        ARCHIVE COMPONENT inlay)
install(DIRECTORY ${PROJECT_SOURCE_DIR}/include/inlay
        DESTINATION ${CMAKE_INSTALL_INCLUDEDIR} COMPONENT inlay
        FILES_MATCHING PATTERN "*.h" PATTERN "*.def")
install(FILES ${PROJECT_BINARY_DIR}/include/inlay/version.h
        DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}/inlay COMPONENT inlay)

install(EXPORT inlay-targets NAMESPACE inlay:: DESTINATION ${package_dir} COMPONENT inlay)
configure_package_config_file(${CMAKE_CURRENT_LIST_DIR}/inlay-config.cmake.in
                              ${PROJECT_BINARY_DIR}/package/inlay-config.cmake
                              INSTALL_DESTINATION ${package_dir} NO_SET_AND_CHECK_MACRO)
write_basic_package_version_file(${PROJECT_BINARY_DIR}/package/inlay-config-version.cmake
                                 COMPATIBILITY SameMinorVersion)
install(FILES ${PROJECT_BINARY_DIR}/package/inlay-config.cmake
              ${PROJECT_BINARY_DIR}/package/inlay-config-version.cmake
              ${CMAKE_CURRENT_LIST_DIR}/InlayRuntime.cmake
        DESTINATION ${package_dir} COMPONENT inlay)

file(RELATIVE_PATH prefix_from_pkgconfig /${CMAKE_INSTALL_LIBDIR}/pkgconfig /)
configure_file(${CMAKE_CURRENT_LIST_DIR}/inlay.pc.in ${PROJECT_BINARY_DIR}/package/inlay.pc @ONLY)
install(FILES ${PROJECT_BINARY_DIR}/package/inlay.pc DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig COMPONENT inlay)

install(FILES ${PROJECT_SOURCE_DIR}/docs/man/inlay.1 DESTINATION ${CMAKE_INSTALL_MANDIR}/man1 COMPONENT inlay)
install(FILES ${PROJECT_SOURCE_DIR}/completions/inlay.bash
        DESTINATION ${CMAKE_INSTALL_DATADIR}/bash-completion/completions RENAME inlay COMPONENT inlay)
install(FILES ${PROJECT_SOURCE_DIR}/completions/_inlay
        DESTINATION ${CMAKE_INSTALL_DATADIR}/zsh/site-functions COMPONENT inlay)
install(FILES ${PROJECT_SOURCE_DIR}/completions/inlay.fish
        DESTINATION ${CMAKE_INSTALL_DATADIR}/fish/vendor_completions.d COMPONENT inlay)
install(FILES ${PROJECT_SOURCE_DIR}/LICENSE DESTINATION ${CMAKE_INSTALL_DOCDIR} COMPONENT inlay)
