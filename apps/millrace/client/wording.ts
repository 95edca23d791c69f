/** What the API advises, and what does the same on the command line. */
const COMMANDS: readonly (readonly [RegExp, string])[] = [
  [/GET \/api\/v1\/runs\/([\w-]+)/g, 'millrace runs show $1'],
  [/GET \/api\/v1\/flows\/([\w-]+)\/versions/g, 'millrace versions $1'],
  [/GET \/api\/v1\/(flows|runs|events|refusals|credentials|endpoints|operations)(?![\w/-])/g, 'millrace $1'],
  [/\?force=true/g, '--force'],
  [/say `force`/g, 'say --force'],
  [/`perSecond`/g, '--rate'],
  [/Send it as "Authorization: Bearer …", or open this URL once with \?token=… added\./g, 'Set MILLRACE_TOKEN to it.'],
];

/** A sentence of the API for whoever types: with commands in place of paths, as far as there are commands. */
export function inCommands(message: string): string {
  return COMMANDS.reduce((text, [advice, command]) => text.replace(advice, command), message);
}
