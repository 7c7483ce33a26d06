import DevicePlugin
import Dispatch
import Glibc

Preflight.shareHeap()
// Not an asynchronous main: the runtime would trap for want of a descriptor before a line of ours could say so.
if let fault = Preflight.fault {
  Console.complain("devicepool: \(fault)")
  exit(3)
}
// Values at the top level belong to the main actor: all there is happens in functions.
let words = Array(CommandLine.arguments.dropFirst())
Task { exit(await CommandLineTool(program: CommandLine.arguments.first ?? "devicepool").run(words)) }
dispatchMain()
