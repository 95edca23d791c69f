import { useMemo } from 'react';
import { useEditor } from './context.js';
import { scopeFor } from './loaded.js';
import { placeOf } from './places.js';
import { readableFrom } from './readable.js';
import { sourcesOf } from './value-tree.js';

/** What a field of a step, or of the `trigger`, is shown with and can be filled from. */
export function useFieldValues(stepId: string, pointer?: string) {
  const { tree, loaded } = useEditor();
  const scope = useMemo(() => scopeFor(tree, stepId, loaded, pointer), [tree, stepId, loaded, pointer]);
  const sources = useMemo(() => sourcesOf(scope, readableFrom(tree, stepId, pointer), loaded), [scope, tree, stepId, loaded, pointer]);
  const unloaded = loaded.tooLarge.length > 0 ? `Too large to be shown here: ${loaded.tooLarge.join(', ')}.` : undefined;
  return { scope, sources, unloaded, problemAt: useProblems(stepId) };
}

/** What the check says of the fields, by the pointer of each. Of what cannot be read only: the rest is said above. */
function useProblems(stepId: string): (pointer: string) => string | undefined {
  const { problems, tree } = useEditor();
  const place = placeOf(tree, stepId);
  return (pointer) => {
    const own = place ? `${place.list}/${place.at}${pointer}` : stepId === 'trigger' ? pointer : undefined;
    return problems.find(({ path, code }) => code.startsWith('reference.') && (path === own || path.startsWith(`${own}/`)))?.message;
  };
}
