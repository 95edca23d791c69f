import {
  acceptCompletion,
  autocompletion,
  CompletionContext,
  completionStatus,
  pickedCompletion,
  type Completion,
  type CompletionResult,
} from '@codemirror/autocomplete';
import { Prec, type Extension } from '@codemirror/state';
import { EditorView, keymap } from '@codemirror/view';
import { completionsAt, type Completion as Offer, type KnownNames } from './schema-completion.js';

type Source = (context: CompletionContext) => (CompletionResult & { readonly offers: readonly Offer[] }) | null;

/** What the schema offers at the caret: while a word or a quote is typed, and when it is asked for. */
export function completion(known: () => KnownNames): Extension {
  const source: Source = ({ state, pos, explicit }) => {
    const text = state.doc.toString();
    if (!explicit && !/["\w-]$/.test(text.slice(0, pos))) return null;
    const { from, to, items } = completionsAt(text, pos, known());
    // What fits what is typed was picked out already, and in its order.
    return items.length === 0 ? null : { from, to, options: items.map(optionOf), offers: items, filter: false };
  };
  const takeSoon = (view: EditorView): boolean => takeFirst(view, source);
  return [
    Prec.highest(
      keymap.of([
        { key: 'Enter', run: takeSoon },
        { key: 'Tab', run: (view) => takeSoon(view) || acceptCompletion(view) },
      ]),
    ),
    autocompletion({ override: [source], icons: false, interactionDelay: 0, activateOnTypingDelay: 0 }),
    reachableList,
  ];
}

function optionOf(offer: Offer): Completion {
  return {
    label: offer.label,
    detail: offer.about && ` ${offer.about}`,
    apply: (view, option, from, to) => take(view, offer, { from, to, option }),
  };
}

interface Taken {
  readonly from: number;
  readonly to: number;
  readonly option?: Completion;
}

function take(view: EditorView, { insert, back }: Offer, { from, to, option }: Taken): void {
  view.dispatch({
    changes: { from, to, insert },
    selection: { anchor: from + insert.length - back },
    scrollIntoView: true,
    userEvent: 'input.complete',
    annotations: option && pickedCompletion.of(option),
  });
}

/** Whoever types on and confirms before the list is drawn gets what it would have begun with. */
function takeFirst(view: EditorView, source: Source): boolean {
  if (completionStatus(view.state) !== 'pending') return false;
  const result = source(new CompletionContext(view.state, view.state.selection.main.head, false, view));
  if (result === null) return false;
  take(view, result.offers[0]!, { from: result.from, to: result.to! });
  return true;
}

/** A list that scrolls can be given the focus, for whoever scrolls with the keyboard. */
const reachableList = EditorView.updateListener.of(({ view }) => {
  view.dom.querySelector('.cm-tooltip-autocomplete > ul')?.setAttribute('tabindex', '0');
});
