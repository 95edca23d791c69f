/** The JSON value of a file. What reads it is loaded when it is needed, so that the other commands do not wait for it. */
export async function jsonOf(file: string): Promise<unknown> {
  const { readJson } = await import('../trigger/read-json.js');
  return readJson(file);
}
