import type { MigrationInterface, QueryRunner } from 'typeorm';

export class CreateAuth1763800000500 implements MigrationInterface {
  readonly name = 'CreateAuth1763800000500';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      create schema if not exists auth;

      create table auth.token (
        id         uuid primary key,
        name       text not null,
        role       text not null,
        member     text,
        hash       bytea not null unique,
        created_at timestamptz not null default clock_timestamp(),
        revoked_at timestamptz
      );

      create table auth.idempotency (
        caller    text not null,
        path      text not null,
        key       text not null,
        body_hash text not null,
        status    integer,
        answer    json,
        at        timestamptz not null default clock_timestamp(),
        primary key (caller, path, key)
      );
      create index idempotency_at on auth.idempotency (at);
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop schema auth cascade');
  }
}
