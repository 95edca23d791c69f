import { parseArgs } from 'node:util';
import { CommandError, type Command } from '../command.js';

/** An option of a command; `value` names what it takes, and an option without one is a switch. */
export interface Option {
  readonly about: string;
  readonly value?: string;
}

type Options = Readonly<Record<string, Option>>;

/** The options that were given. */
export type Values<O extends Options> = { readonly [K in keyof O]?: O[K] extends { readonly value: string } ? string : boolean };

/**
 * Options by the words that they go with: `''` without any, `show` for that verb, and `cancel <id>` where the verb takes others once
 * something is named.
 */
type Takes<O extends Options> = Readonly<Record<string, readonly (keyof O & string)[]>>;

/** A command with options. */
export interface Definition<O extends Options> {
  readonly usage: string;
  readonly about: string;
  readonly options: O;
  /** As of a Command. */
  readonly stays?: boolean;
  /** Where it depends on the words which options count: those of each way to say it. `url` counts in every one. */
  readonly takes?: Takes<O>;
  run(values: Values<O>, positionals: readonly string[]): Promise<number | void>;
}

/** Makes a Command that knows `--help`, and answers an option that is unknown, or means nothing here, with a sentence. */
export function defineCommand<const O extends Options>(definition: Definition<O>): Command & { readonly options: Options } {
  const { usage, about, options, stays = false, takes = {} } = definition;
  return {
    usage,
    about,
    options,
    stays,
    run: async (args) => {
      const { values, positionals } = parse(usage, args, options);
      if (values['help'] === true) return console.log(helpText(definition));
      refuseUnused(usage.split(' ', 1)[0]!, Object.keys(values), positionals, takes);
      return definition.run(values as Values<O>, positionals);
    },
  };
}

/** An option without effect is most often a filter that somebody relies on. Words that are no way to say it are for the command itself. */
function refuseUnused(
  command: string,
  given: readonly string[],
  words: readonly string[],
  takes: Readonly<Record<string, readonly string[]>>,
): void {
  const [verb = '', ...named] = words;
  const narrower = `${verb} <id>`;
  const way = named.length > 0 && Object.hasOwn(takes, narrower) ? narrower : verb;
  if (!Object.hasOwn(takes, way)) return;
  const known = [...takes[way]!, 'url'];
  const unused = given.filter((name) => !known.includes(name)).map((name) => `--${name}`);
  if (unused.length === 0) return;
  const said = `millrace ${command}${way === '' ? '' : ` ${way}`}`;
  throw new CommandError(`${said} takes no ${unused.join(' and no ')}; it takes ${known.map((name) => `--${name}`).join(', ')}.`);
}

const HELP = { help: { type: 'boolean', short: 'h' } } as const;

function parse(usage: string, args: readonly string[], options: Options): ReturnType<typeof parseArgs> {
  const types = Object.entries(options).map(([name, { value }]) => [name, { type: value === undefined ? 'boolean' : 'string' }] as const);
  try {
    return parseArgs({ args: [...args], options: { ...Object.fromEntries(types), ...HELP }, allowPositionals: true });
  } catch (error) {
    const [sentence = ''] = (error as Error).message.split(/\.\s/, 1);
    throw new CommandError(`${sentence.replace(/\.$/, '')}. Usage: millrace ${usage}; --help says more.`);
  }
}

/** What `--help` prints. */
export function helpText({ usage, about, options }: { usage: string; about: string; options: Options }): string {
  const rows = Object.entries(options).map(([name, option]) => ({ left: spelling(name, option), right: option.about }));
  const width = Math.max(0, ...rows.map(({ left }) => left.length)) + 2;
  const lines = rows.map(({ left, right }) => `  ${left.padEnd(width)}${right}`);
  return [`Usage: millrace ${usage}`, '', about, '', ...lines].join('\n').trimEnd();
}

function spelling(name: string, { value }: Option): string {
  return value === undefined ? `--${name}` : `--${name} <${value}>`;
}

/** Options that commands share. */
export const shared = {
  url: { value: 'address', about: 'The instance; default: the one that was started last from this folder.' },
  json: { about: 'Print what the control API answers.' },
  flow: { value: 'id', about: 'Only of this flow.' },
  limit: { value: 'number', about: 'How many at the most; default 50.' },
  before: { value: 'id', about: 'Only older ones: the next page.' },
} as const satisfies Options;
