interface FieldWayProps {
  readonly children: string;
  /** Of which field, for those who do not see where it stands. */
  readonly of?: string;
  readonly onClick: () => void;
}

/** At the end of a field's label: another way to fill it in. */
export function FieldWay({ children, of, onClick }: FieldWayProps) {
  return (
    <button type="button" className="field-way" aria-label={of === undefined ? undefined : `${of} ${children}`} onClick={onClick}>
      {children}
    </button>
  );
}
