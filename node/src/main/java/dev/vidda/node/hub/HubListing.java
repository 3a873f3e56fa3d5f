package dev.vidda.node.hub;

import java.util.List;

/**
 * The files of a repository.
 *
 * @param commit the commit that the revision stands for now: what is downloaded, even if the branch moves
 */
public record HubListing(String commit, List<HubFile> files) {
    public HubListing {
        files = List.copyOf(files);
    }
}
