/** An active run as people see it: why it is not taken yet is said apart. */
export const SHOWN_STATUS = `case when status in ('held', 'behind', 'paced') then 'queued' else status end`;
