# Warnings and sanitizers, in one place; every target of ours links deadlight_options.
add_library(deadlight_options INTERFACE)
target_compile_options(
  deadlight_options INTERFACE -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wnon-virtual-dtor)
option(DEADLIGHT_WERROR "Warnings are errors" ON)
if(DEADLIGHT_WERROR)
  target_compile_options(deadlight_options INTERFACE -Werror)
endif()

set(DEADLIGHT_SANITIZE "" CACHE STRING "Sanitizers for -fsanitize=, comma separated")
if(DEADLIGHT_SANITIZE)
  add_compile_options(-fsanitize=${DEADLIGHT_SANITIZE} -fno-omit-frame-pointer
                      -fno-sanitize-recover=all)
  add_link_options(-fsanitize=${DEADLIGHT_SANITIZE})
endif()
