// The official OpenAI SDK against a running server: what an application developer's code does, unchanged.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import OpenAI, { APIError, BadRequestError, NotFoundError } from 'openai';

const baseURL = process.env.VIDDA_URL;
assert.ok(baseURL, 'set VIDDA_URL to the server, e.g. http://localhost:8080/v1');

const client = new OpenAI({ baseURL, apiKey: 'none', maxRetries: 0 });
const model = (await client.models.list()).data[0].id;

const heldOut = readFileSync(new URL('../../models/demo/heldout.jsonl', import.meta.url), 'utf8')
  .trim()
  .split('\n')
  .map((line) => JSON.parse(line));
const problem = heldOut[0];
const messages = problem.messages;

async function collect(stream) {
  const chunks = [];
  for await (const chunk of stream) chunks.push(chunk);
  return chunks;
}

const textOf = (chunks) => chunks.map((chunk) => chunk.choices[0]?.delta?.content ?? '').join('');

test('models.list and models.retrieve name the served model', async () => {
  const card = await client.models.retrieve(model);
  assert.equal(card.id, model);
  assert.equal(card.object, 'model');
  assert.ok(card.max_model_len > 0);
});

test('a chat completion has content, finish reason and usage that adds up', async () => {
  const completion = await client.chat.completions.create({ model, messages, temperature: 0 });
  assert.equal(completion.object, 'chat.completion');
  assert.equal(completion.choices[0].finish_reason, 'stop');
  assert.equal(completion.choices[0].message.role, 'assistant');
  assert.ok(completion.choices[0].message.content.length > 0);
  const { prompt_tokens, completion_tokens, total_tokens } = completion.usage;
  assert.ok(prompt_tokens > 0 && completion_tokens > 0);
  assert.equal(prompt_tokens + completion_tokens, total_tokens);
});

test('a stream says the same as the plain completion, one id, role first, finish last', async () => {
  const plain = await client.chat.completions.create({ model, messages, temperature: 0 });
  const chunks = await collect(await client.chat.completions.create({ model, messages, temperature: 0, stream: true }));
  assert.equal(textOf(chunks), plain.choices[0].message.content);
  assert.equal(new Set(chunks.map((chunk) => chunk.id)).size, 1);
  assert.equal(new Set(chunks.map((chunk) => chunk.created)).size, 1);
  assert.equal(chunks[0].choices[0].delta.role, 'assistant');
  assert.ok(chunks.slice(1).every((chunk) => chunk.choices[0]?.delta?.role === undefined));
  assert.equal(chunks.at(-1).choices[0].finish_reason, 'stop');
  assert.ok(chunks.every((chunk) => chunk.usage === undefined), 'no usage unless asked for');
});

test('stream_options.include_usage adds one last chunk without choices', async () => {
  const chunks = await collect(
    await client.chat.completions.create({
      model,
      messages,
      temperature: 0,
      stream: true,
      stream_options: { include_usage: true },
    }),
  );
  const last = chunks.at(-1);
  assert.deepEqual(last.choices, []);
  assert.equal(last.usage.total_tokens, last.usage.prompt_tokens + last.usage.completion_tokens);
  assert.ok(chunks.slice(0, -1).every((chunk) => chunk.usage === null));
});

test('the SDK stream helper assembles the final completion', async () => {
  const stream = client.chat.completions.stream({ model, messages, temperature: 0 });
  const final = await stream.finalChatCompletion();
  assert.equal(final.choices[0].finish_reason, 'stop');
  assert.ok(final.choices[0].message.content.length > 0);
});

test('logprobs come with bytes and alternatives, most likely first', async () => {
  const completion = await client.chat.completions.create({
    model,
    messages,
    temperature: 0,
    max_tokens: 8,
    logprobs: true,
    top_logprobs: 3,
  });
  const content = completion.choices[0].logprobs.content;
  assert.equal(content.length, 8);
  for (const entry of content) {
    assert.ok(entry.logprob <= 0);
    assert.deepEqual(Buffer.from(entry.bytes).toString('utf8'), entry.token);
    assert.equal(entry.top_logprobs.length, 3);
    assert.equal(entry.top_logprobs[0].token, entry.token, 'greedy draws the most likely token');
    for (let i = 1; i < 3; i++) assert.ok(entry.top_logprobs[i].logprob <= entry.top_logprobs[i - 1].logprob);
  }
});

test('a stop string ends the text before it', async () => {
  const whole = await client.chat.completions.create({ model, messages, temperature: 0 });
  const text = whole.choices[0].message.content;
  const stop = text.slice(Math.floor(text.length / 2), Math.floor(text.length / 2) + 4);
  const cut = await client.chat.completions.create({ model, messages, temperature: 0, stop });
  assert.equal(cut.choices[0].message.content, text.slice(0, text.indexOf(stop)));
  assert.equal(cut.choices[0].finish_reason, 'stop');
  const streamed = await collect(
    await client.chat.completions.create({ model, messages, temperature: 0, stop, stream: true }),
  );
  assert.equal(textOf(streamed), cut.choices[0].message.content);
});

test('max_tokens ends with length', async () => {
  const completion = await client.chat.completions.create({ model, messages, temperature: 0, max_completion_tokens: 5 });
  assert.equal(completion.choices[0].finish_reason, 'length');
  assert.equal(completion.usage.completion_tokens, 5);
});

test('n samples with a seed come back the same twice', async () => {
  const request = { model, messages, temperature: 1.2, seed: 7, n: 3, max_tokens: 16 };
  const first = await client.chat.completions.create(request);
  const second = await client.chat.completions.create(request);
  assert.equal(first.choices.length, 3);
  assert.deepEqual(
    first.choices.map((choice) => choice.message.content),
    second.choices.map((choice) => choice.message.content),
  );
});

test('the legacy completions endpoint takes text and lists', async () => {
  const one = await client.completions.create({ model, prompt: 'x + 2 = 5', max_tokens: 4, temperature: 0 });
  assert.equal(one.object, 'text_completion');
  const two = await client.completions.create({ model, prompt: ['x + 2 = 5', 'y - 1 = 4'], max_tokens: 4, temperature: 0 });
  assert.deepEqual(two.choices.map((choice) => choice.index), [0, 1]);
  assert.equal(two.choices[0].text, one.choices[0].text);
});

test('aborting a stream leaves the server serving', async () => {
  const stream = await client.chat.completions.create({ model, messages, stream: true, temperature: 0 });
  for await (const chunk of stream) {
    assert.ok(chunk.id);
    stream.controller.abort();
    break;
  }
  const again = await client.chat.completions.create({ model, messages, temperature: 0, max_tokens: 2 });
  assert.equal(again.usage.completion_tokens, 2);
});

test('a bad field is a BadRequestError that names it', async () => {
  await assert.rejects(client.chat.completions.create({ model, messages, temperature: 'hot' }), (error) => {
    assert.ok(error instanceof BadRequestError);
    assert.equal(error.status, 400);
    assert.equal(error.type, 'invalid_request_error');
    assert.equal(error.param, 'temperature');
    return true;
  });
});

test('an unknown model is a NotFoundError', async () => {
  await assert.rejects(client.chat.completions.create({ model: 'no-such-model', messages }), (error) => {
    assert.ok(error instanceof NotFoundError);
    assert.equal(error.code, 'model_not_found');
    return true;
  });
});

test('a prompt beyond the context is refused with the numbers, before the stream starts', async () => {
  const long = [{ role: 'user', content: 'x + 1 = 2. '.repeat(20_000) }];
  await assert.rejects(client.chat.completions.create({ model, messages: long, stream: true }), (error) => {
    assert.ok(error instanceof APIError);
    assert.equal(error.status, 400);
    assert.equal(error.code, 'context_length_exceeded');
    assert.match(error.message, /\d+/);
    return true;
  });
});
