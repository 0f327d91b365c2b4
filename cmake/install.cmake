# What `cmake --install` puts in place, and the Debian package made from it.
if(NOT TARGET deadlight)
  return()
endif()

install(TARGETS deadlight RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})
install(FILES docs/deadlight.1 DESTINATION ${CMAKE_INSTALL_MANDIR}/man1)
install(FILES completions/deadlight.bash
        DESTINATION ${CMAKE_INSTALL_DATADIR}/bash-completion/completions
        RENAME deadlight)
install(FILES completions/_deadlight
        DESTINATION ${CMAKE_INSTALL_DATADIR}/zsh/vendor-completions)
install(FILES completions/deadlight.fish
        DESTINATION ${CMAKE_INSTALL_DATADIR}/fish/vendor_completions.d)
# systemd looks for units of packages there, whatever the prefix's lib folder is called.
configure_file(packaging/deadlight-verify.service.in
               ${CMAKE_CURRENT_BINARY_DIR}/deadlight-verify.service @ONLY)
install(FILES ${CMAKE_CURRENT_BINARY_DIR}/deadlight-verify.service packaging/deadlight-verify.timer
        DESTINATION lib/systemd/system)
install(FILES CHANGELOG.md README.md docs/formats.md docs/glossary.md
        DESTINATION ${CMAKE_INSTALL_DOCDIR})
install(FILES LICENSE DESTINATION ${CMAKE_INSTALL_DOCDIR} RENAME copyright)

set(CPACK_GENERATOR DEB)
set(CPACK_PACKAGE_NAME deadlight)
set(CPACK_PACKAGE_VENDOR "Deadlight developers")
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "find every open port, name its owner, plan how to close it")
set(CPACK_PACKAGE_DESCRIPTION
    "Reads this host's sockets or the output of netstat, tasklist, sc, fport and reg
query from another host, says what opened each port and how that is known,
and plans the smallest set of reversible changes that closes what the host's
role does not need, with the listing that is left after each step.")
set(CPACK_STRIP_FILES ON)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_MAINTAINER "Deadlight developers <deadlight@localhost>")
set(CPACK_DEBIAN_PACKAGE_SECTION net)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
# Loaded when they are first needed (src/host/calls), so that no tool finds them in the program.
set(CPACK_DEBIAN_PACKAGE_DEPENDS "libnftables1, libsystemd0")
include(CPack)
