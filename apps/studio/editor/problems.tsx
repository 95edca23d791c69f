import { focusStop } from '../canvas/stops.js';
import { emptyStop } from '../canvas/walk.js';
import { stepAtPointer } from '../pages/problem-place.js';
import { count } from '../format/format.js';
import { Glyph } from '../ui/glyph.js';
import { plainSentence, Sentence } from '../ui/sentence.js';
import { useEditor } from './context.js';
import { placeOf } from './places.js';
import type { Problems } from './queries.js';
import { objectOf, type FlowTree, type JsonObject } from '../flow/structure.js';

/** Whether a pointer leads into the trigger. */
export function isOfTrigger(pointer: string): boolean {
  return pointer === '/trigger' || pointer.startsWith('/trigger/');
}

/** The first problem of each step and of the trigger, for its node. */
export function marksOf(tree: FlowTree, problems: Problems): ReadonlyMap<string, string> {
  const marks = problems.flatMap(({ path, message }) => {
    const step = isOfTrigger(path) ? 'trigger' : stepAtPointer(tree, path);
    return step === undefined ? [] : [[step, plainSentence(message)] as const];
  });
  return new Map([...marks].reverse());
}

/** The field that mends what is wrong at another place: what is missing has no place of its own. */
const MENDED_AT: Readonly<Record<string, string>> = { 'credential.required': '/credential' };

interface ProblemListProps {
  readonly problems: Problems;
  /** What is done before a click leads away. */
  readonly onGo?: () => void;
}

/** Everything that is wrong; a click leads to the field. */
export function ProblemList({ problems, onGo }: ProblemListProps) {
  const { tree, select } = useEditor();
  if (problems.length === 0) return <p className="dim">Nothing is wrong with this text.</p>;
  const go = ({ path, code }: Problems[number]): void => {
    const step = isOfTrigger(path) ? 'trigger' : stepAtPointer(tree, path);
    const place = step === undefined ? undefined : placeOf(tree, step);
    onGo?.();
    select(step);
    if (step === 'trigger') focusField(path);
    if (place) focusField(MENDED_AT[code] ?? path.slice(`${place.list}/${place.at}`.length));
  };
  return (
    <section className="problems">
      <h3>{count(problems.length, 'problem')}</h3>
      <ul>
        {problems.map((problem) => (
          <li key={`${problem.code}${problem.path}${problem.line}:${problem.column}`}>
            <Glyph status={problem.severity === 'error' ? 'not-enabled' : 'paused'} />
            <button type="button" className="problem" onClick={() => go(problem)}>
              <Sentence text={problem.message} />
            </button>
          </li>
        ))}
      </ul>
    </section>
  );
}

/** The focus to the field at a pointer below the step, or to the nearest one around it, once it is drawn. */
export function focusField(pointer: string): void {
  onceDrawn(() => (fieldAt(pointer) ?? settings())?.focus());
}

/** As `focusField`, but to the button that mends what is wrong there, if there is one. */
export function focusProblem(tree: FlowTree, step: string, path: string): void {
  const place = placeOf(tree, step);
  onceDrawn(() => {
    const field = fieldAt(place ? path.slice(`${place.list}/${place.at}`.length) : '');
    const fix = field?.closest('.mapped')?.querySelector<HTMLElement>('[data-fix]');
    (fix ?? field ?? settings())?.focus();
  });
}

function settings(): HTMLElement | null {
  return document.querySelector('.inspector .panel-body');
}

function fieldAt(pointer: string): HTMLElement | undefined {
  const fields = [...document.querySelectorAll<HTMLElement>('.inspector [data-pointer]')];
  const fits = fields.filter(({ dataset }) => pointer === dataset['pointer'] || pointer.startsWith(`${dataset['pointer']}/`));
  return fits.sort((a, b) => (b.dataset['pointer']?.length ?? 0) - (a.dataset['pointer']?.length ?? 0))[0];
}

function onceDrawn(act: () => void): void {
  requestAnimationFrame(() => requestAnimationFrame(act));
}

/** The focus to the first field that must be filled in, else to the first one after the names. */
export function focusFirstField(): void {
  onceDrawn(() => {
    const fields = [...document.querySelectorAll<HTMLElement>('.inspector [data-pointer]')];
    (fields.find(({ dataset }) => !['/name', '/id', '/note'].includes(dataset['pointer'] ?? '')) ?? fields[0])?.focus();
  });
}

/** The focus to a step of the drawing, or to where one can be added, once it is drawn. */
export function focusStep(id: string): void {
  onceDrawn(() => focusStop(id));
}

/** The focus to what comes next once a step was added: what it must know, or the first of its lanes where it needs nothing else. */
export function focusAdded(id: string | undefined, step: JsonObject): void {
  const lane = step['try'] ? 'try' : Object.keys(objectOf(step['parallel']))[0];
  if (id !== undefined && lane !== undefined && document.querySelector('.canvas')) focusStep(emptyStop(id, lane));
  else focusFirstField();
}
