import DevicePlugin
import EventLoop
import Glibc

Preflight.shareHeap()
if let fault = Preflight.fault {
  Console.complain("devicepool: \(fault)")
  exit(3)
}
TaskLoop.begin()
// Values at the top level belong to the main actor: all there is happens in functions.
let words = Array(CommandLine.arguments.dropFirst())
Task.detached { exit(await CommandLineTool(program: CommandLine.arguments.first ?? "devicepool").run(words)) }
TaskLoop.run()
