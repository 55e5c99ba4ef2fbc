# Links the objects of the engine, its binding and its tests as LTO does, because GCC then sees if one name means two types. Run by the target odr-check
# with COMPILER, OBJECTS and BROKEN (objects with such a name, which must be refused: this proves that the check works).
function(link_all result output)
  # Merges the intermediate code of all objects, types included, and generates no machine code.
  execute_process(
    COMMAND ${COMPILER} -flto -Wodr -Werror=odr -r -nostdlib -flinker-output=rel -o ${CMAKE_CURRENT_BINARY_DIR}/odr-check.o ${ARGN}
    RESULT_VARIABLE status OUTPUT_VARIABLE text ERROR_VARIABLE text)
  set(${result} ${status} PARENT_SCOPE)
  set(${output} "${text}" PARENT_SCOPE)
endfunction()

link_all(status text ${BROKEN})
if(status EQUAL 0 OR NOT text MATCHES "State.* violates the C\\+\\+ One Definition Rule")
  message(FATAL_ERROR "The check of the one-definition rule does not see the type that is two in addon/test/odr:\n${text}")
endif()

link_all(status text ${OBJECTS})
if(NOT status EQUAL 0)
  message(FATAL_ERROR "The one-definition rule is violated, or the objects cannot be linked:\n${text}")
endif()
list(LENGTH OBJECTS count)
message(STATUS "One definition for each name in ${count} objects")
