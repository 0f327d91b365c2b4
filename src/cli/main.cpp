#include "cli/commands.h"

int main(int argc, char** argv) { return deadlight::cli::run(argc, argv); }
