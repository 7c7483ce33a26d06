import Agent
import Glibc
import Linux

@main enum Program {
  static func main() {
    guard StandardDescriptors.open() == 0 else { exit(3) }
    Preflight.shareHeap()
    Preflight.raiseDescriptorLimit()
    let tool = CommandLineTool(program: CommandLine.arguments.first ?? "devicepool")
    let job = tool.job(Array(CommandLine.arguments.dropFirst()))
    Task.detached { Interruption.exit(await job()) }
    // An asynchronous main would hand this thread to Dispatch, which unblocks every signal on it: SIGTERM would end the
    // process before its descriptor reports it.
    while true { pause() }
  }
}
