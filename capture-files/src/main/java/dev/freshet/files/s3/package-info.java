/**
 * Files that are objects of a store that speaks S3. The only importer of its client. Must not know
 * what files hold.
 */
@NullMarked
package dev.freshet.files.s3;

import org.jspecify.annotations.NullMarked;
