#!/usr/bin/env node
// Before a command loads ONNX Runtime in any thread, that of the demo's painter included.
import '../inference/no-telemetry.ts';
import { CommanderError } from 'commander';
import { exitCodeOf, exitCodes } from './exit-codes.ts';
import { createProgram } from './program.ts';
import { reportFailure } from './report-failure.ts';

// Whoever reads our output may have had enough (`nightglass models list | head`).
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(0);
  throw error;
});

try {
  await createProgram().parseAsync();
} catch (error) {
  if (error instanceof CommanderError) {
    // Commander has printed its message or the help already.
    process.exitCode = error.exitCode === 0 ? exitCodes.fine : exitCodes.usage;
  } else {
    process.stderr.write(`${reportFailure(error)}\n`);
    process.exitCode = exitCodeOf(error);
  }
}
