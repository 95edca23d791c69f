/**
 * Ends the process once all that was printed has gone out, into a pipe too. A command that has done its work must not go on for what a
 * plugin left open: a timer, a socket.
 */
export async function exitWhenPrinted(code: number): Promise<never> {
  await Promise.all([process.stdout, process.stderr].map(drained));
  process.exit(code);
}

/** Resolves when what was written before has gone out, or nobody reads any more, as after `| head`. */
function drained(stream: NodeJS.WriteStream): Promise<void> {
  return new Promise((resolve) => {
    stream.once('error', () => resolve());
    stream.write('', () => resolve());
  });
}
