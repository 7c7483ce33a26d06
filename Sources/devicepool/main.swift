import Agent
import EventLoop
import Glibc

/// Values at the top level belong to the main actor: all there is happens in a function.
func begin() {
  Preflight.shareHeap()
  let tool = CommandLineTool(program: CommandLine.arguments.first ?? "devicepool")
  let job = tool.job(Array(CommandLine.arguments.dropFirst()))
  TaskLoop.begin()
  Task.detached { exit(await job()) }
}

begin()
TaskLoop.run()
