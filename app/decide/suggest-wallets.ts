import type { Executor } from '../../db/client.ts';
import { findDepositStory, type DepositStory } from '../../db/queries/deposit-story.ts';
import { listSuggestionFacts } from '../../db/queries/suggestion-facts.ts';
import { suggest, type Suggestion } from '../../domain/review/suggest.ts';

/** Deposits whose facts are read at once: each may have some hundred codes near its own. */
const BATCH_SIZE = 100;

/**
 * The wallets that each of these deposits may belong to, likeliest first: the one source of suggestions, whoever asks.
 * Codes that no wallet has are never among them. Deposits without a review are left out.
 */
export async function suggestWallets(
  executor: Executor,
  depositIds: readonly string[],
): Promise<ReadonlyMap<string, readonly Suggestion[]>> {
  const all = new Map<string, readonly Suggestion[]>();
  for (let at = 0; at < depositIds.length; at += BATCH_SIZE) {
    const facts = await listSuggestionFacts(executor, depositIds.slice(at, at + BATCH_SIZE));
    for (const [id, { deposit, wallets }] of facts) all.set(id, suggest(deposit, wallets));
  }
  return all;
}

/** The codes of {@link suggestWallets}, which lists show. */
export async function suggestCodes(
  executor: Executor,
  depositIds: readonly string[],
): Promise<ReadonlyMap<string, readonly string[]>> {
  const suggestions = await suggestWallets(executor, depositIds);
  return new Map([...suggestions].map(([id, each]) => [id, each.map(({ code }) => code)]));
}

/** The story of a deposit. Its review names the suggested codes while it is open, and none afterwards. */
export async function readStory(
  executor: Executor,
  depositId: string,
): Promise<DepositStory | null> {
  const story = await findDepositStory(executor, depositId);
  if (story === null || story.review === null) return story;
  const isOpen = story.review.closedAt === null;
  const codes = isOpen ? (await suggestCodes(executor, [depositId])).get(depositId) : undefined;
  return { ...story, review: { ...story.review, candidates: codes ?? [] } };
}
