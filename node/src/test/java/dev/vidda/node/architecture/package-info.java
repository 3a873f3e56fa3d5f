/**
 * House rules that a machine can check, on the class files and the sources of all modules: which module knows which,
 * which packages are pure logic, what actors and names look like, how long a file may be.
 */
@NullMarked
package dev.vidda.node.architecture;

import org.jspecify.annotations.NullMarked;
