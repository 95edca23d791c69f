import { Column, Entity, PrimaryColumn } from 'typeorm';

/** A text of a flow that somebody works on and that does not run. */
@Entity({ name: 'drafts' })
export class DraftEntity {
  @PrimaryColumn({ name: 'flow_id', type: 'text' })
  flowId!: string;

  @Column({ type: 'text' })
  text!: string;

  /** The version that was live when the draft was begun; 0 for none. */
  @Column({ name: 'base_version', type: 'int' })
  baseVersion!: number;

  /** SHA-256 of the text the draft was begun from, hex; empty for none. */
  @Column({ name: 'base_hash', type: 'text' })
  baseHash!: string;

  /** Grows with every save, over all drafts. */
  @Column({ type: 'int' })
  revision!: number;

  @Column({ name: 'updated_at', type: 'timestamptz' })
  updatedAt!: Date;
}
