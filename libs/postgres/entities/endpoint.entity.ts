import { Column, Entity, PrimaryColumn } from 'typeorm';

/** A shared endpoint that was made through the API. */
@Entity({ name: 'endpoints' })
export class EndpointEntity {
  @PrimaryColumn({ type: 'text' })
  name!: string;

  /** What `endpoints.json` would say of it. */
  @Column({ type: 'json' })
  definition!: object;

  /** Grows with every change, over all endpoints. */
  @Column({ type: 'int' })
  revision!: number;

  @Column({ name: 'created_at', type: 'timestamptz' })
  createdAt!: Date;

  @Column({ name: 'updated_at', type: 'timestamptz' })
  updatedAt!: Date;
}
