import Glibc

exit(APIHelper.run(Array(CommandLine.arguments.dropFirst())))
