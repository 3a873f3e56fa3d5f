/**
 * Keeps generated text within a grammar. A {@link dev.vidda.worker.constraint.TokenTrie} holds the vocabulary,
 * {@link dev.vidda.worker.constraint.GrammarMasks} finds which tokens may follow a state of an automaton, and a
 * {@link dev.vidda.worker.constraint.TokenConstraint} follows one sequence: the mask of its next draw is made while the
 * device computes the logits.
 */
@NullMarked
package dev.vidda.worker.constraint;

import org.jspecify.annotations.NullMarked;
