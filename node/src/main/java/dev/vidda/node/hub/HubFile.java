package dev.vidda.node.hub;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;

/**
 * A file of a repository.
 *
 * @param path relative to the repository, with slashes
 * @param size bytes, or -1 when the hub does not say
 */
public record HubFile(String path, long size, Checksum checksum) {

    /**
     * Where the file goes below {@code folder}.
     *
     * @throws HubException if the path is absolute, leads out of the folder, or is not a path here
     */
    public Path in(Path folder) throws HubException {
        if (path.isEmpty() || path.indexOf('\\') >= 0 || path.indexOf(':') >= 0 || path.indexOf('\0') >= 0) {
            throw refused();
        }
        List<String> segments = List.of(path.split("/", -1));
        if (segments.stream().anyMatch(s -> s.isEmpty() || s.equals(".") || s.equals("..") || s.equals(".git"))) {
            throw refused();
        }
        try {
            Path root = folder.toAbsolutePath().normalize();
            Path target = root.resolve(path).normalize();
            if (!target.startsWith(root) || target.equals(root)) {
                throw refused();
            }
            return target;
        } catch (InvalidPathException e) {
            throw refused();
        }
    }

    private HubException refused() {
        return new HubException("the hub lists a file with the unsafe name '" + path + "'; nothing was written");
    }
}
