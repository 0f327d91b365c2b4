# Warnings and sanitizers, in one place; every target of ours links deadlight_options.
add_library(deadlight_options INTERFACE)
target_compile_options(
  deadlight_options INTERFACE -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wnon-virtual-dtor)
option(DEADLIGHT_WERROR "Warnings are errors" ON)
if(DEADLIGHT_WERROR)
  target_compile_options(deadlight_options INTERFACE -Werror)
endif()

option(DEADLIGHT_HARDEN "Guards against what a mistake in a reader could be used for" OFF)
if(DEADLIGHT_HARDEN)
  add_compile_options(-fstack-protector-strong -U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=2)
  add_link_options(-Wl,-z,relro,-z,now,-z,noexecstack)
endif()

set(DEADLIGHT_SANITIZE "" CACHE STRING "Sanitizers for -fsanitize=, comma separated")
if(DEADLIGHT_SANITIZE)
  add_compile_options(-fsanitize=${DEADLIGHT_SANITIZE} -fno-omit-frame-pointer
                      -fno-sanitize-recover=all)
  add_link_options(-fsanitize=${DEADLIGHT_SANITIZE})
endif()
