# BPF programs: compiled with clang, made loadable without libbpf by bpftool's light skeletons. All of
# it is optional: without these tools the program finds processes by /proc alone.
find_program(DEADLIGHT_BPF_CLANG NAMES clang-14 clang)
find_program(DEADLIGHT_BPFTOOL NAMES bpftool PATHS /usr/sbin)
find_path(DEADLIGHT_BPF_HEADERS bpf/bpf_core_read.h)
if(DEADLIGHT_BPF_CLANG AND DEADLIGHT_BPFTOOL AND DEADLIGHT_BPF_HEADERS)
  set(DEADLIGHT_HAS_BPF ON)
else()
  set(DEADLIGHT_HAS_BPF OFF)
  message(STATUS "Without BPF: clang, bpftool or libbpf-dev is missing; /proc does its work, slower")
endif()

# deadlight_bpf_skeleton(NAME SOURCE DEFINITION…): NAME.lskel.h in the current build folder
function(deadlight_bpf_skeleton name source)
  set(object ${CMAKE_CURRENT_BINARY_DIR}/${name}.bpf.o)
  list(TRANSFORM ARGN PREPEND -D)
  add_custom_command(
    OUTPUT ${CMAKE_CURRENT_BINARY_DIR}/${name}.lskel.h
    COMMAND ${DEADLIGHT_BPF_CLANG} -target bpf -mcpu=v3 -g -O2 -Wall -Werror ${ARGN}
            -isystem ${DEADLIGHT_BPF_HEADERS} -idirafter /usr/include/${CMAKE_LIBRARY_ARCHITECTURE}
            -c ${CMAKE_CURRENT_SOURCE_DIR}/${source} -o ${object}
    COMMAND ${DEADLIGHT_BPFTOOL} gen skeleton -L ${object} name ${name} >
            ${CMAKE_CURRENT_BINARY_DIR}/${name}.lskel.h
    DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/${source}
    VERBATIM)
endfunction()

# deadlight_bpf_loader(TARGET SOURCE SKELETON…): adds the C source that includes them to the target.
# The same clang compiles it, so that the project needs no C compiler beside.
function(deadlight_bpf_loader target source)
  list(TRANSFORM ARGN PREPEND ${CMAKE_CURRENT_BINARY_DIR}/)
  list(TRANSFORM ARGN APPEND .lskel.h)
  get_filename_component(name ${source} NAME_WE)
  set(object ${CMAKE_CURRENT_BINARY_DIR}/${name}.o)
  add_custom_command(
    OUTPUT ${object}
    COMMAND ${DEADLIGHT_BPF_CLANG} -O2 -fPIC -Wall -Werror -I${PROJECT_SOURCE_DIR}/src
            -isystem ${CMAKE_CURRENT_BINARY_DIR} -isystem ${DEADLIGHT_BPF_HEADERS} -c
            ${CMAKE_CURRENT_SOURCE_DIR}/${source} -o ${object}
    DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/${source} ${ARGN}
    VERBATIM)
  target_sources(${target} PRIVATE ${object})
  set_source_files_properties(${object} PROPERTIES EXTERNAL_OBJECT ON GENERATED ON)
endfunction()
