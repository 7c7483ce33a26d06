import DevicePlugin
import Glibc

// Values at the top level belong to the main actor: all there is happens in functions.
let words = Array(CommandLine.arguments.dropFirst())
exit(await CommandLineTool(program: CommandLine.arguments.first ?? "devicepool").run(words))
