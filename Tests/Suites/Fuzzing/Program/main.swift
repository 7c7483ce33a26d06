// devicepool-fuzz TARGET [libFuzzer's options and corpus directories]
// devicepool-fuzz list             the targets' names
// devicepool-fuzz seeds DIRECTORY  writes the seeds of every target below it

let words = CommandLine.arguments.dropFirst()
switch (words.first, words.dropFirst().first) {
case ("list", nil): Fuzzing.list()
case ("seeds", let directory?): Fuzzing.writeSeeds(below: directory)
default: Fuzzing.run()
}
